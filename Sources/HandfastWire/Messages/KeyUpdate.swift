/// The sender's next record is under its next keys.
///
///     struct { KeyUpdateRequest request_update; } KeyUpdate;
///
/// RFC 9846 §4.7.3. A value that is neither of the two defined ones decodes: it asks for illegal_parameter, not for
/// decode_error, so whoever receives it judges it.
package struct KeyUpdate: HandshakeBody, Equatable {
  package static let type = HandshakeType.keyUpdate

  package var request: KeyUpdateRequest

  package init(request: KeyUpdateRequest) { self.request = request }

  package init(from reader: inout WireReader) throws(DecodeError) {
    request = KeyUpdateRequest(rawValue: try reader.u8("request_update"))
  }

  package func encode(into writer: inout WireWriter) { writer.u8(request.rawValue) }
}
