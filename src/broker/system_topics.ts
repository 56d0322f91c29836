/**
 * Topics that only the broker writes: figures of this node and this moment, so they are neither
 * stored nor told to other nodes.
 */
export function isSystemTopic(topic: string): boolean {
  return topic === "$SYS" || topic.startsWith("$SYS/");
}
