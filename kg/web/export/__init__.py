"""The whole site as static files: which addresses, how they lie in a folder, and nginx."""
