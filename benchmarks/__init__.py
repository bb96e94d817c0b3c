"""What the product costs, each figure beside what the bare tools need for the same work in the same run."""
