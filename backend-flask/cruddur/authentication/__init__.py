"""Who a request speaks for: Cognito access tokens, and the keys that sign them."""
