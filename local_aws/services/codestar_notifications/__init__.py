"""CodeStar Notifications: rules that announce events of pipelines and builds to topics."""
