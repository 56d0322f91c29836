/** A name is a path segment of its own, so it neither begins with a dot nor holds a slash. */
export const USER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
