"""What one shopper does: their bag, and the visits that recommendations rest on."""
