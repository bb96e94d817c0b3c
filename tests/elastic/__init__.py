"""What is proved against a real Elasticsearch; without one the suite fails (`make test-services`)."""
