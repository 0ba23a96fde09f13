/** The e-mail notice. It needs `nodemailer`, which is installed beside it. */

export { createEmailChannel, type EmailChannelOptions, type MailServer } from './email-channel.js';
