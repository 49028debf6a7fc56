"""Redis by redis.asyncio. All that it holds can be rebuilt."""
