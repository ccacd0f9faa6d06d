import HandfastWire

/// Reads the server's Certificate, compressed or not (RFC 8879 §4).
func decodeCertificate(
  _ frame: borrowing HandshakeFrame, _ settings: ClientSettings
) throws(TLSError) -> Certificate13 {
  let compressors = settings.configuration.certificateCompressors
  guard frame.type == .compressedCertificate, !compressors.isEmpty else {
    return try frame.decode(Certificate13.self)
  }
  let message = try frame.decode(CompressedCertificate.self)
  //= https://www.rfc-editor.org/rfc/rfc8879#section-4
  //# the algorithm used to compress the certificate. The algorithm MUST be one of the algorithms listed in the peer's
  //# compress_certificate extension.
  guard let compressor = compressors.first(where: { $0.algorithm == message.algorithm }) else {
    throw .unofferedCertificateCompression(message.algorithm)
  }
  let limit = settings.configuration.limits.handshakeMessageSize
  guard message.uncompressedByteCount <= limit else {
    throw .messageTooLong(.certificate, length: message.uncompressedByteCount, limit: limit)
  }
  //= https://www.rfc-editor.org/rfc/rfc8879#section-4
  //# If the received CompressedCertificate message cannot be decompressed, the connection MUST be terminated with the
  //# "bad_certificate" alert.
  let bytes = compressor.decompress(message.compressed, byteCount: message.uncompressedByteCount)
  guard let bytes, bytes.count == message.uncompressedByteCount else {
    throw .certificateNotDecompressed(message.algorithm)
  }
  do throws(DecodeError) { return try Certificate13(decoding: bytes.span, "body") } catch {
    throw .malformed(.certificate, error)
  }
}

/// Sends the server's Certificate, compressed if both sides know how.
func sendCertificate(
  _ certificate: Certificate13, to offer: ClientOffer13, _ settings: ServerSettings, _ transcript: inout Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) {
  let compressor = settings.configuration.certificateCompressors.first { offer.compressions.contains($0.algorithm) }
  guard let compressor, let body = certificate.encoded(), body.count < 1 << 24,
    let compressed = compressor.compress(body), !compressed.isEmpty
  else { return try out.send(certificate, &transcript) }
  try out.send(
    CompressedCertificate(
      algorithm: compressor.algorithm, uncompressedByteCount: body.count, compressed: compressed), &transcript)
}
