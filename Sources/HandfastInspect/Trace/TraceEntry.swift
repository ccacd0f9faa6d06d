public import Handfast

/// One event of one side, with what the core cannot know: when it was, which connection it belongs to, and its place among all
/// the events of the recording.
public struct TraceEntry: Hashable, Sendable {
  public let side: Side
  /// Counts the connections of one recording, from 1.
  public let connection: Int
  /// Nanoseconds since 1970-01-01T00:00:00Z, stamped by the driver.
  public let time: Int64
  /// The entry's place in the recording, from 0; across sides and connections.
  public let order: Int
  public let event: TLSEvent
  /// What the side can say about a failure; only beside `.failed`.
  public let diagnosis: Diagnosis?

  public init(
    side: Side, connection: Int = 1, time: Int64, order: Int, event: TLSEvent, diagnosis: Diagnosis? = nil
  ) {
    self.side = side
    self.connection = connection
    self.time = time
    self.order = order
    self.event = event
    self.diagnosis = diagnosis
  }
}
