"""Who uses the soaked shop: merchants, staff, shoppers, API clients."""
