"""nginx's configuration: text in, text out. Nothing here touches the host."""
