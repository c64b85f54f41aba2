import MailComposer from 'nodemailer/lib/mail-composer';

export interface OutgoingMail {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly created_at: Date;
}

/**
 * The mail as RFC 5322 text. Its Message-ID is that of the row, so that a mail which had to be sent again because the
 * server's answer was lost can be told to be the same.
 */
export function composeMessage(mail: OutgoingMail, from: string): Promise<Buffer> {
  return new MailComposer({
    from: { name: 'Facet', address: from },
    // As an object it is taken as it stands and never parsed as a list.
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    text: mail.body,
    date: mail.created_at,
    messageId: `<${mail.id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}
