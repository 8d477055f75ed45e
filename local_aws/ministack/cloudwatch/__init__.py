"""MiniStack's metrics and alarms: points that services of this machine publish, and states that follow from them."""
