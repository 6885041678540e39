/** The machine's ports are forwarded here. */
export const HOST = "127.0.0.1";
/** Who logs in; may use sudo without a password. */
export const USER = "admin";
