"""A release over HTTP: pages, data, dumps and the SPARQL endpoint."""
