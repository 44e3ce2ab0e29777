"""What may stand in a SELECT, node by node, as Trino's SQL that gives the same."""
