/// Where in the handshake a side stands: named after what it awaits.
@nonexhaustive public enum HandshakeStep: String, Hashable, Sendable, CaseIterable {
  case awaitingClientHello
  case awaitingServerIdentity
  case awaitingServerSignature
  case awaitingServerHello
  case awaitingServerCertificate
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
  case established
  case closed
  case failed
}
