/** The e-mail notice, for those who installed `countersign` with `nodemailer` beside it. */

export { createEmailChannel, type EmailChannelOptions, type MailServer } from '@countersign/approval/email';
