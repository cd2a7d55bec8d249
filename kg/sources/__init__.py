"""Files that people edit -> quads, each in a graph that says where it came from."""
