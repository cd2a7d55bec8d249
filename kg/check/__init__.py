"""A dataset -> a verdict: is every statement backed by the text, and does it fit the shapes?"""
