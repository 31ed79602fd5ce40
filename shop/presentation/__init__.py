"""What templates show of products: cards, reasons, prices, the embedder's name."""
