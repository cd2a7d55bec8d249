"""SPARQL over a release: one protocol, what is refused, and how answers are written."""
