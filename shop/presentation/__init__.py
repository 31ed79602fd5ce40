"""What templates show: cards, reasons, prices, the name of the embedder."""
