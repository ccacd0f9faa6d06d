/// Where in the handshake a side stands: named after what it awaits.
@nonexhaustive public enum HandshakeStep: String, Hashable, Sendable, CaseIterable {
  case awaitingClientHello
  case awaitingServerIdentity
  case awaitingServerSignature
  case awaitingSecondClientHello
  case awaitingServerHello
  case awaitingEncryptedExtensions
  case awaitingCertificateOrCertificateRequest
  case awaitingServerCertificate
  case awaitingCertificateStatus
  case awaitingServerVerdict
  case awaitingServerKeyExchange
  case awaitingCertificateRequestOrServerHelloDone
  case awaitingServerHelloDone
  case awaitingClientIdentity
  case awaitingClientSignature
  case awaitingClientCertificate
  case awaitingClientVerdict
  case awaitingClientKeyExchange
  case awaitingCertificateVerify
  case awaitingChangeCipherSpec
  case awaitingFinished
  case awaitingEndOfEarlyData
  /// A TLS 1.3 client has said all; whether the server accepts it is not known yet.
  case awaitingConfirmation
  case established
  case closed
  case failed

  /// Whether an answer is awaited, from this side's application, and not bytes.
  var isQuestion: Bool {
    switch self {
    case .awaitingServerIdentity, .awaitingServerSignature, .awaitingServerVerdict, .awaitingClientIdentity,
      .awaitingClientSignature, .awaitingClientVerdict:
      true
    case .awaitingClientHello, .awaitingSecondClientHello, .awaitingServerHello, .awaitingEncryptedExtensions,
      .awaitingCertificateOrCertificateRequest, .awaitingServerCertificate, .awaitingCertificateStatus,
      .awaitingServerKeyExchange, .awaitingCertificateRequestOrServerHelloDone, .awaitingServerHelloDone,
      .awaitingClientCertificate, .awaitingClientKeyExchange, .awaitingCertificateVerify, .awaitingChangeCipherSpec,
      .awaitingFinished, .awaitingEndOfEarlyData, .awaitingConfirmation, .established, .closed, .failed:
      false
    }
  }
}
