/** What the gateway refuses of a request, after its published OpenAPI. */
import { z } from 'zod';

const event = z.enum([
  ...(['sms:received', 'sms:data-received', 'sms:sent', 'sms:delivered', 'sms:failed', 'sms:cancelled'] as const),
  ...(['system:ping', 'mms:received', 'mms:downloaded', 'app:started', 'sms:batch:received'] as const),
  ...(['sms:batch:data-received', 'mms:batch:received', 'mms:batch:downloaded'] as const),
]);
const attachment = z.strictObject({
  contentType: z.string().min(1),
  name: z.string().nullish(),
  data: z.base64().min(4),
});

/** `smsgateway.Message`. */
export const newMessage = z
  .strictObject({
    id: z.string().min(1).max(36).optional(),
    phoneNumbers: z.array(z.string()).min(1).max(100),
    textMessage: z.strictObject({ text: z.string().min(1).max(65_535) }).optional(),
    dataMessage: z.strictObject({ data: z.base64(), port: z.number().int().min(1).max(65_535) }).optional(),
    mmsMessage: z
      .strictObject({ subject: z.string().nullish(), text: z.string().nullish(), attachments: z.array(attachment) })
      .optional(),
    simNumber: z.number().int().min(1).max(3).optional(),
    withDeliveryReport: z.boolean().optional(),
    ttl: z.number().int().min(5).optional(),
    priority: z.number().int().min(-128).max(127).optional(),
    deviceId: z.string().max(21).optional(),
  })
  .refine(
    (one) => [one.textMessage, one.dataMessage, one.mmsMessage].filter((part) => part !== undefined).length === 1,
    {
      message: 'Must specify exactly one of: textMessage, dataMessage, or mmsMessage',
    },
  );

/** `smsgateway.Webhook`. */
export const newWebhook = z.strictObject({
  id: z.string().min(1).max(36).optional(),
  url: z.url(),
  event,
  deviceId: z.string().max(21).optional(),
});

/** `smsgateway.InboxRefreshRequest`. */
export const refreshWish = z.strictObject({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  deviceId: z.string().max(21).optional(),
  messageTypes: z
    .array(z.enum(['SMS', 'DATA_SMS', 'MMS', 'MMS_DOWNLOADED']))
    .min(1)
    .optional(),
  triggerWebhooks: z.boolean().optional(),
  webhookDelivery: z.enum(['Disabled', 'Individual', 'Batch']).optional(),
});

/** `smsgateway.TokenRequest`. */
export const tokenWish = z.strictObject({
  scopes: z.array(z.string().regex(/^[a-z]+:[a-z]+$/u)).min(1),
  ttl: z.number().int().positive().optional(),
});

export const inboxQuery = z.strictObject({
  type: z.enum(['SMS', 'DATA_SMS', 'MMS', 'MMS_DOWNLOADED']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  deviceId: z.string().optional(),
  includeAttachments: z.enum(['true', 'false']).optional(),
});
