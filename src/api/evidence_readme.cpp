#include "api/evidence_readme.h"

namespace vg::api {

const std::string_view kEvidenceReadmeVi = R"(HỒ SƠ BẰNG CHỨNG CỦA VỌNG GÁC
==============================

Tệp ZIP này chứa các sự kiện được chọn, đúng từng byte như khi nhận được, cùng với chứng minh rằng chúng không bị sửa đổi.

  manifest.json                 ai xuất, lúc nào, lý do, danh sách sự kiện và các tệp của từng sự kiện
  events/NNNN-VỊTRÍ.raw         byte gốc của bản ghi
  events/NNNN-VỊTRÍ.json        bản ghi sau khi phân tích (để đọc; bằng chứng là tệp .raw)
  proof/NNNN-VỊTRÍ.statement    xác nhận của nút: mã băm SHA-256 của byte gốc, thời điểm nhận, vị trí trong nhật ký
  proof/NNNN-VỊTRÍ.sig          chữ ký Ed25519 (RFC 8032) trên xác nhận đó
  proof/NNNN-VỊTRÍ.chain.json   chuỗi mã băm từ khối chứa bản ghi đến điểm kiểm tra đã ký
  proof/blocks/...              chính các khối của nhật ký, để tự tính lại chuỗi (có thể không kèm)
  proof/journal.pub, .pem       khóa công khai của nhật ký
  SHA256SUMS                    mã băm của mọi tệp

CÁCH KIỂM TRA
1. Bằng chương trình:   vonggac evidence verify TỆP.zip --key KHÓA
   KHÓA là nội dung tệp keys/journal.pub của nút, lấy từ nguồn khác chứ không phải từ tệp ZIP này.
2. Bằng công cụ có sẵn, sau khi giải nén:
   sha256sum -c SHA256SUMS
   openssl pkeyutl -verify -pubin -inkey proof/journal.pem -rawin -in proof/0001-VỊTRÍ.statement -sigfile proof/0001-VỊTRÍ.sig
   rồi so dòng raw-sha256 của xác nhận với:  sha256sum events/0001-VỊTRÍ.raw

LƯU Ý
- Byte gốc có thể chứa dữ liệu cá nhân (Nghị định 13/2023/NĐ-CP). Việc xuất đã được ghi vào nhật ký kiểm toán của nút.
- proof/blocks chứa cả các bản ghi đứng cạnh. Nếu không được phép giao chúng, hãy xóa thư mục đó: các xác nhận vẫn đủ
  để kiểm tra.
- Chữ ký chứng minh chống lại mọi người không có khóa. Người giữ khóa có thể ký lại: hãy đối chiếu với mã băm đầu chuỗi
  (`vonggac verify`) đã được ghi lại ở nơi khác.
- "signed-block none" nghĩa là khi xuất, nhật ký chưa ký điểm kiểm tra sau bản ghi này; xác nhận vẫn có chữ ký.
)";

const std::string_view kEvidenceReadmeEn = R"(EVIDENCE FROM VONG GAC
======================

This ZIP holds chosen events, byte for byte as they came in, and the proof that they were not altered.

  manifest.json                   who exported, when and why; the events and the files of each
  events/NNNN-POSITION.raw        the bytes of the record
  events/NNNN-POSITION.json       the record as it is understood (for reading; the evidence is the .raw file)
  proof/NNNN-POSITION.statement   what the node states: SHA-256 of the bytes, when they came, where they stand in the journal
  proof/NNNN-POSITION.sig         Ed25519 signature (RFC 8032) of the statement
  proof/NNNN-POSITION.chain.json  the hashes from the record's block to the signed checkpoint
  proof/blocks/...                the journal's blocks themselves, to recompute the chain (may be left out)
  proof/journal.pub, .pem         the journal's public key
  SHA256SUMS                      hashes of all files

HOW TO CHECK
1. With the program:   vonggac evidence verify FILE.zip --key KEY
   KEY is what keys/journal.pub of the node holds, taken from elsewhere than this ZIP.
2. With common tools, after unpacking:
   sha256sum -c SHA256SUMS
   openssl pkeyutl -verify -pubin -inkey proof/journal.pem -rawin -in proof/0001-POSITION.statement -sigfile proof/0001-POSITION.sig
   then compare the line raw-sha256 of the statement with:  sha256sum events/0001-POSITION.raw

NOTE
- The bytes may hold personal data (Decree 13/2023/ND-CP). The export stands in the node's audit chain.
- proof/blocks holds the neighbouring records too. Where they must not be given away, delete that folder: the statements
  are enough to check the rest.
- The signatures prove against everybody who has not the key. Who has it can sign anew: compare with the head of the chain
  (`vonggac verify`) that was written down elsewhere.
- "signed-block none" means that at the time of export no checkpoint had been signed after the record; the statement is.

Blocks, for who recomputes the chain by hand: each block begins at a multiple of 512 bytes and is filled up to one; at 16
u32 stored bytes of the payload, at 24 u32 records, at 28 u8 kind (2 group, 3 checkpoint, 4 close), u8 flags (1: payload is
zstd), at 32 u64 first position, at 64 the SHA-256 of the whole block before, at 96 the payload; integers little-endian. The
payload of a checkpoint is 32 bytes public key and 64 bytes signature over "vonggac journal checkpoint 1\n" and bytes 16
to the end of its block with zeros in place of the signature. docs/decisions/0001-journal-format.md has all of it.
)";

}  // namespace vg::api
