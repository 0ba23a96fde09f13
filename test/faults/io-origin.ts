/** The log that the process of the I/O errors writes. */
export const IO_ORIGIN = 'example.test/io';
