public import HandfastWire

/// A way to make the server's certificates smaller on the wire (RFC 8879). This library brings none: certificates of today hardly
/// shrink, and a decompressor is code that reads what strangers send.
public protocol CertificateCompressor: Sendable {
  var algorithm: CertificateCompressionAlgorithm { get }
  /// Nil: this message is sent as it is.
  func compress(_ message: [UInt8]) -> [UInt8]?
  /// Exactly `byteCount` bytes, which is at most `Limits.handshakeMessageSize`; nil when that does not come out.
  func decompress(_ bytes: [UInt8], byteCount: Int) -> [UInt8]?
}
