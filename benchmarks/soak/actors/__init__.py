"""The actors of the soak: merchants, staff, shoppers, an API client, a photographer."""
