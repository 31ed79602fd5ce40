"""What one shopper does: their bag, and the visits recorded in their history."""
