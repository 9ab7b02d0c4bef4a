#include "base/ascii.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace vg {

std::size_t lower_ascii_prefix(std::string_view text, char* out) {
    std::size_t i = 0;
#ifdef __SSE2__
    const __m128i before = _mm_set1_epi8('A' - 1);
    const __m128i behind = _mm_set1_epi8('Z' + 1);
    const __m128i bit = _mm_set1_epi8(0x20);
    for (; i + 16 <= text.size(); i += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
        if (_mm_movemask_epi8(bytes) != 0) break;
        const __m128i upper = _mm_and_si128(_mm_cmpgt_epi8(bytes, before), _mm_cmplt_epi8(bytes, behind));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm_add_epi8(bytes, _mm_and_si128(upper, bit)));
    }
#endif
    for (; i < text.size() && static_cast<unsigned char>(text[i]) < 0x80; ++i) out[i] = lower_ascii(text[i]);
    return i;
}

}  // namespace vg
