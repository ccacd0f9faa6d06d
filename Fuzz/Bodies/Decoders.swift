import HandfastWire

/// The first byte says which structure the rest claims to be. What decodes must encode, and decode again to the same value.
enum Decoders {
  static func run(_ input: [UInt8]) throws(Violation) {
    guard let first = input.first else { return }
    _ = try all[Int(first) % all.count](Array(input.dropFirst()))
  }

  static var count: Int { all.count }

  /// Whether the structure of that number takes `bytes`.
  static func accepts(_ index: Int, _ bytes: [UInt8]) -> Bool { (try? all[index](bytes)) ?? true }

  typealias Check = @Sendable ([UInt8]) throws(Violation) -> Bool

  static func check<T: WireCodable & Equatable & Sendable>(_ type: T.Type) -> Check {
    { (bytes) throws(Violation) in
      guard let value = try? T(decoding: bytes.span, "input") else { return false }
      guard let encoded = value.encoded() else { throw Violation("\(T.self) decodes and does not encode") }
      try require(encoded.count <= bytes.count + 64, "\(T.self) grew from \(bytes.count) to \(encoded.count) bytes")
      guard let again = try? T(decoding: encoded.span, "encoded") else {
        throw Violation("\(T.self) does not decode what it encoded")
      }
      try require(again == value, "\(T.self) decodes to another value the second time")
      try require(again.encoded() == encoded, "\(T.self) encodes differently the second time")
      return true
    }
  }

  private static let all: [Check] = [
    check(ClientHello.self), check(ServerHello.self), check(HelloRequest.self), check(EndOfEarlyData.self),
    check(EncryptedExtensions.self), check(Certificate12.self), check(Certificate13.self), check(CertificateEntry.self),
    check(CertificateStatus.self), check(CompressedCertificate.self), check(CertificateRequest12.self),
    check(CertificateRequest13.self), check(CertificateVerify.self), check(ServerKeyExchange.self),
    check(ServerECDHParams.self), check(ServerHelloDone.self), check(ECDHClientKeyExchange.self),
    check(RSAClientKeyExchange.self), check(Finished.self), check(KeyUpdate.self), check(NewSessionTicket12.self),
    check(NewSessionTicket13.self), check(Alert.self), check(RecordHeader.self), check(ExtensionBlock.self),
    check(ExtendedMasterSecret.self), check(ServerName.self), check(ServerNameAcknowledgement.self),
    check(SignatureAlgorithms.self), check(SignatureAlgorithmsCert.self), check(MaxFragmentLengthExtension.self),
    check(SessionTicketExtension.self), check(OfferedPSKs.self), check(PSKIdentity.self), check(SelectedPSK.self),
    check(RecordSizeLimit.self), check(ClientKeyShares.self), check(ServerKeyShare.self), check(RetryKeyShare.self),
    check(KeyShareEntry.self), check(SupportedVersions.self), check(SelectedVersion.self),
    check(TimestampsRequest.self), check(SignedCertificateTimestamps.self), check(PSKKeyExchangeModes.self),
    check(ApplicationProtocols.self), check(OIDFilters.self), check(OIDFilter.self), check(CompressCertificate.self),
    check(PostHandshakeAuth.self), check(CertificateAuthorities.self), check(Cookie.self), check(ECPointFormats.self),
    check(EarlyDataIndication.self), check(TicketEarlyData.self), check(SupportedGroups.self),
    check(StatusRequest.self), check(StatusRequestAcknowledgement.self), check(StapledResponse.self),
    check(RenegotiationInfo.self), check(TLSFlags.self), check(RawPublicKey12.self),
    check(ClientCertificateTypes.self), check(ServerCertificateTypes.self), check(ClientCertificateTypeChoice.self),
    check(ServerCertificateTypeChoice.self),
  ]
}
