/// The server has said all it has to say for now. RFC 5246 §7.4.5.
package struct ServerHelloDone: HandshakeBody, Equatable {
  package static let type = HandshakeType.serverHelloDone

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}

/// The server would like a new handshake. RFC 5246 §7.4.1.1; never part of a transcript.
package struct HelloRequest: HandshakeBody, Equatable {
  package static let type = HandshakeType.helloRequest

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}

/// The client has sent all its early data: what follows is under the handshake keys. RFC 9846 §4.6.
package struct EndOfEarlyData: HandshakeBody, Equatable {
  package static let type = HandshakeType.endOfEarlyData

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}
