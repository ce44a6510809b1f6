"""The council's systems, each with its own way of writing an export."""
