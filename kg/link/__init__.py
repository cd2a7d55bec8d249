"""Other registries: their records at hand, and what they say of the things of ours."""
