/// The ways the client takes to use a pre-shared key, those it offers and those a ticket of this connection will bring.
///
///     PskKeyExchangeMode ke_modes<1..255>;
///
/// RFC 9846 §4.3.9.
package struct PSKKeyExchangeModes: ExtensionBody, Equatable {
  package static let type = ExtensionType.pskKeyExchangeModes

  package var modes: [PSKKeyExchangeMode]

  package init(modes: [PSKKeyExchangeMode]) { self.modes = modes }

  package init(from reader: inout WireReader) throws(DecodeError) { modes = try reader.list(.one, "ke_modes") }

  package func encode(into writer: inout WireWriter) { writer.list(.one, modes) }
}
