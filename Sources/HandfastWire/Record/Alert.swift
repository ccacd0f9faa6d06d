/// What one side tells the other when something ends.
///
///     struct {
///         AlertLevel level;
///         AlertDescription description;
///     } Alert;
///
/// RFC 5246 §7.2.
package struct Alert: WireCodable, Equatable, Sendable {
  package var level: AlertLevel
  package var description: AlertDescription

  package init(level: AlertLevel, description: AlertDescription) {
    self.level = level
    self.description = description
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    level = AlertLevel(rawValue: try reader.u8("level"))
    description = AlertDescription(rawValue: try reader.u8("description"))
  }

  package func encode(into writer: inout WireWriter) {
    writer.u8(level.rawValue)
    writer.u8(description.rawValue)
  }
}
