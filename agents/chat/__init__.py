"""The conversation: intents, tools over retrieval, and answers whose claims are checked."""
