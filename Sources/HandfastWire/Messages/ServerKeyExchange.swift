/// The server's ephemeral public key, signed with the key of its certificate.
///
///     struct {
///         ECCurveType curve_type = named_curve;
///         NamedCurve namedcurve;
///         opaque point<1..2^8-1>;
///     } ServerECDHParams;
///     struct {
///         ServerECDHParams params;
///         SignatureAndHashAlgorithm algorithm;
///         opaque signature<0..2^16-1>;     /* over client_random + server_random + params */
///     } ServerKeyExchange;
///
/// RFC 8422 §5.4, RFC 5246 §7.4.3.
package struct ServerKeyExchange: HandshakeBody, Equatable {
  package static let type = HandshakeType.serverKeyExchange

  package var params: ServerECDHParams
  package var algorithm: SignatureScheme
  package var signature: [UInt8]

  package init(params: ServerECDHParams, algorithm: SignatureScheme, signature: [UInt8]) {
    self.params = params
    self.algorithm = algorithm
    self.signature = signature
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    params = try ServerECDHParams(from: &reader)
    algorithm = SignatureScheme(rawValue: try reader.u16("algorithm"))
    signature = try reader.bytes(.two, "signature")
  }

  package func encode(into writer: inout WireWriter) {
    params.encode(into: &writer)
    writer.u16(algorithm.rawValue)
    writer.opaque(.two, signature)
  }
}

/// The part of a ServerKeyExchange that is signed.
package struct ServerECDHParams: WireCodable, Equatable, Sendable {
  package var group: NamedGroup
  package var point: [UInt8]

  package init(group: NamedGroup, point: [UInt8]) {
    self.group = group
    self.point = point
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    let curveType = ECCurveType(rawValue: try reader.u8("curve_type"))
    guard curveType == .namedCurve else { throw .badValue(field: "curve_type", value: UInt32(curveType.rawValue)) }
    group = NamedGroup(rawValue: try reader.u16("namedcurve"))
    point = try reader.filledBytes(.one, "point")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u8(ECCurveType.namedCurve.rawValue)
    writer.u16(group.rawValue)
    writer.opaque(.one, point)
  }
}
