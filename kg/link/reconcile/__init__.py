"""Texts of others' tables -> things of the release: Reconciliation Service API 0.2.

The specification is at https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
"""
