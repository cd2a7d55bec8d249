"""Research-center profiles as a knowledge graph: from sources to a served release."""
