"""A folder for an instance: what it begins with lies in ``files/``."""
