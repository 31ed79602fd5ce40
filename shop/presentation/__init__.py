"""What templates show: cards, the menu, reasons, prices, the name of the embedder."""
