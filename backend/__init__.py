"""The Lambda code: what a report goes through between the WebSocket and the bucket. Ships as is."""
