/* ANSI-C code produced by gperf version 3.1 */
/* Command-line: gperf -m 100 benches/codes.gperf  */
/* Computed positions: -k'4,6,11-12,$' */

#if !((' ' == 32) && ('!' == 33) && ('"' == 34) && ('#' == 35) \
      && ('%' == 37) && ('&' == 38) && ('\'' == 39) && ('(' == 40) \
      && (')' == 41) && ('*' == 42) && ('+' == 43) && (',' == 44) \
      && ('-' == 45) && ('.' == 46) && ('/' == 47) && ('0' == 48) \
      && ('1' == 49) && ('2' == 50) && ('3' == 51) && ('4' == 52) \
      && ('5' == 53) && ('6' == 54) && ('7' == 55) && ('8' == 56) \
      && ('9' == 57) && (':' == 58) && (';' == 59) && ('<' == 60) \
      && ('=' == 61) && ('>' == 62) && ('?' == 63) && ('A' == 65) \
      && ('B' == 66) && ('C' == 67) && ('D' == 68) && ('E' == 69) \
      && ('F' == 70) && ('G' == 71) && ('H' == 72) && ('I' == 73) \
      && ('J' == 74) && ('K' == 75) && ('L' == 76) && ('M' == 77) \
      && ('N' == 78) && ('O' == 79) && ('P' == 80) && ('Q' == 81) \
      && ('R' == 82) && ('S' == 83) && ('T' == 84) && ('U' == 85) \
      && ('V' == 86) && ('W' == 87) && ('X' == 88) && ('Y' == 89) \
      && ('Z' == 90) && ('[' == 91) && ('\\' == 92) && (']' == 93) \
      && ('^' == 94) && ('_' == 95) && ('a' == 97) && ('b' == 98) \
      && ('c' == 99) && ('d' == 100) && ('e' == 101) && ('f' == 102) \
      && ('g' == 103) && ('h' == 104) && ('i' == 105) && ('j' == 106) \
      && ('k' == 107) && ('l' == 108) && ('m' == 109) && ('n' == 110) \
      && ('o' == 111) && ('p' == 112) && ('q' == 113) && ('r' == 114) \
      && ('s' == 115) && ('t' == 116) && ('u' == 117) && ('v' == 118) \
      && ('w' == 119) && ('x' == 120) && ('y' == 121) && ('z' == 122) \
      && ('{' == 123) && ('|' == 124) && ('}' == 125) && ('~' == 126))
/* The character set is not based on ISO-646.  */
#error "gperf generated tables don't work with this execution character set. Please report a bug to <bug-gperf@gnu.org>."
#endif

#line 1 "benches/codes.gperf"

/* The codes as a perfect hash in C: gperf -m 100 benches/codes.gperf > benches/gperf.c */
#include <string.h>
#line 11 "benches/codes.gperf"
struct code { const char *name; unsigned char index; };

#define TOTAL_KEYWORDS 143
#define MIN_WORD_LENGTH 7
#define MAX_WORD_LENGTH 19
#define MIN_HASH_VALUE 19
#define MAX_HASH_VALUE 292
/* maximum key range = 274, duplicates = 0 */

#ifdef __GNUC__
__inline
#else
#ifdef __cplusplus
inline
#endif
#endif
static unsigned int
hash (register const char *str, register size_t len)
{
  static const unsigned short asso_values[] =
    {
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293,  85,  46,
       36,  71,  11, 112, 135,  98,  77,   5,   7,   3,
        2,  56,  29,  53,  10,   2,   3,   5, 293, 293,
      293, 293,  24, 293, 293, 293, 293, 293,   2,   2,
      293, 293, 293, 293, 293, 293, 293, 293,  87, 293,
      293,   3,  22, 293, 293,   2, 293, 293, 293, 293,
      293, 293,  22, 293, 293, 293,   2, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293, 293, 293, 293,
      293, 293, 293, 293, 293, 293, 293
    };
  register unsigned int hval = len;

  switch (hval)
    {
      default:
        hval += asso_values[(unsigned char)str[11]+11];
      /*FALLTHROUGH*/
      case 11:
        hval += asso_values[(unsigned char)str[10]+7];
      /*FALLTHROUGH*/
      case 10:
      case 9:
      case 8:
      case 7:
      case 6:
        hval += asso_values[(unsigned char)str[5]+9];
      /*FALLTHROUGH*/
      case 5:
      case 4:
        hval += asso_values[(unsigned char)str[3]];
        break;
    }
  return hval + asso_values[(unsigned char)str[len - 1]];
}

const struct code *
gperf_lookup (register const char *str, register size_t len)
{
  static const unsigned char lengthtable[] =
    {
       0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
       0,  0,  0,  0,  0,  7,  0,  0,  0,  7,  0,  7,  0,  7,
       0,  0,  0,  0,  0,  0,  0,  0, 13, 13, 13, 13,  0, 13,
      13, 13, 13, 13, 13, 13,  7,  0,  7,  0,  7,  0,  0,  0,
       0,  0,  7,  0,  7,  0,  7, 11, 11, 19, 13, 13, 13, 13,
      13, 13, 13, 11, 11, 19, 13, 13, 13, 13, 13, 13, 13,  7,
      16,  7,  0,  7,  0,  0, 11,  7,  0,  7, 16,  0,  0,  7,
      13,  7, 11,  7, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13,
       7, 13,  7, 13, 13, 13, 13, 13, 13, 13, 12, 13,  7,  0,
       7, 11,  7, 13, 13, 13, 13, 13, 13,  0,  0, 11, 10,  0,
      12,  0, 13, 13, 13, 13, 13, 13, 13,  7, 12,  7, 13,  0,
      10,  0, 12,  0, 13,  0,  0,  0,  0, 11,  0,  0, 13, 13,
      13, 13, 13, 13, 13, 11, 12, 12, 11, 13,  9, 11, 12,  0,
       0,  0, 12,  0, 11,  0,  9, 11, 12, 12, 12, 12, 12,  0,
       0,  0,  0, 13,  0,  0, 12,  0,  0,  0,  0,  0,  0,  0,
      10,  0,  0,  0, 12, 12,  0,  0,  0, 12,  0,  0, 13,  0,
       0,  0,  0, 12, 12, 12,  0,  0,  0,  0,  0,  0,  0,  0,
       0,  0, 11,  0,  0,  0,  0,  0,  0,  0,  0, 12, 11,  0,
       0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, 12,  0,
       0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
       0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, 11
    };
  static const struct code wordlist[] =
    {
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
      {""},
#line 140 "benches/codes.gperf"
      {"SYS_109", 127},
      {""}, {""}, {""},
#line 154 "benches/codes.gperf"
      {"SYS_124", 141},
      {""},
#line 135 "benches/codes.gperf"
      {"SYS_104", 122},
      {""},
#line 145 "benches/codes.gperf"
      {"SYS_114", 132},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
#line 112 "benches/codes.gperf"
      {"UPD4_FAIL_509", 99},
#line 102 "benches/codes.gperf"
      {"UPD4_FAIL_409", 89},
#line 68 "benches/codes.gperf"
      {"UPD4_FAIL_219", 55},
#line 58 "benches/codes.gperf"
      {"UPD4_FAIL_209", 45},
      {""},
#line 85 "benches/codes.gperf"
      {"UPD4_FAIL_309", 72},
#line 107 "benches/codes.gperf"
      {"UPD4_FAIL_504", 94},
#line 97 "benches/codes.gperf"
      {"UPD4_FAIL_404", 84},
#line 63 "benches/codes.gperf"
      {"UPD4_FAIL_214", 50},
#line 53 "benches/codes.gperf"
      {"UPD4_FAIL_204", 40},
#line 90 "benches/codes.gperf"
      {"UPD4_FAIL_314", 77},
#line 80 "benches/codes.gperf"
      {"UPD4_FAIL_304", 67},
#line 152 "benches/codes.gperf"
      {"SYS_122", 139},
      {""},
#line 133 "benches/codes.gperf"
      {"SYS_102", 120},
      {""},
#line 143 "benches/codes.gperf"
      {"SYS_112", 130},
      {""}, {""}, {""}, {""}, {""},
#line 151 "benches/codes.gperf"
      {"SYS_121", 138},
      {""},
#line 132 "benches/codes.gperf"
      {"SYS_101", 119},
      {""},
#line 142 "benches/codes.gperf"
      {"SYS_111", 129},
#line 20 "benches/codes.gperf"
      {"UPD2_FAIL_4", 7},
#line 30 "benches/codes.gperf"
      {"UPD2_FAIL_9", 17},
#line 42 "benches/codes.gperf"
      {"UPD2_REPORT_VERSION", 29},
#line 115 "benches/codes.gperf"
      {"UPD4_FAIL_512", 102},
#line 105 "benches/codes.gperf"
      {"UPD4_FAIL_502", 92},
#line 95 "benches/codes.gperf"
      {"UPD4_FAIL_402", 82},
#line 61 "benches/codes.gperf"
      {"UPD4_FAIL_212", 48},
#line 51 "benches/codes.gperf"
      {"UPD4_FAIL_202", 38},
#line 88 "benches/codes.gperf"
      {"UPD4_FAIL_312", 75},
#line 78 "benches/codes.gperf"
      {"UPD4_FAIL_302", 65},
#line 123 "benches/codes.gperf"
      {"UPD1_FAIL_4", 110},
#line 128 "benches/codes.gperf"
      {"UPD1_FAIL_9", 115},
#line 130 "benches/codes.gperf"
      {"UPD1_REPORT_VERSION", 117},
#line 114 "benches/codes.gperf"
      {"UPD4_FAIL_511", 101},
#line 104 "benches/codes.gperf"
      {"UPD4_FAIL_501", 91},
#line 94 "benches/codes.gperf"
      {"UPD4_FAIL_401", 81},
#line 60 "benches/codes.gperf"
      {"UPD4_FAIL_211", 47},
#line 50 "benches/codes.gperf"
      {"UPD4_FAIL_201", 37},
#line 87 "benches/codes.gperf"
      {"UPD4_FAIL_311", 74},
#line 77 "benches/codes.gperf"
      {"UPD4_FAIL_301", 64},
#line 153 "benches/codes.gperf"
      {"SYS_123", 140},
#line 41 "benches/codes.gperf"
      {"UPD2_REPORT_HASH", 28},
#line 134 "benches/codes.gperf"
      {"SYS_103", 121},
      {""},
#line 144 "benches/codes.gperf"
      {"SYS_113", 131},
      {""}, {""},
#line 16 "benches/codes.gperf"
      {"UPD2_FAIL_2", 3},
#line 139 "benches/codes.gperf"
      {"SYS_108", 126},
      {""},
#line 149 "benches/codes.gperf"
      {"SYS_118", 136},
#line 129 "benches/codes.gperf"
      {"UPD1_REPORT_HASH", 116},
      {""}, {""},
#line 150 "benches/codes.gperf"
      {"SYS_120", 137},
#line 73 "benches/codes.gperf"
      {"UPD4_FAIL_224", 60},
#line 131 "benches/codes.gperf"
      {"SYS_100", 118},
#line 119 "benches/codes.gperf"
      {"UPD1_FAIL_2", 106},
#line 141 "benches/codes.gperf"
      {"SYS_110", 128},
#line 106 "benches/codes.gperf"
      {"UPD4_FAIL_503", 93},
#line 96 "benches/codes.gperf"
      {"UPD4_FAIL_403", 83},
#line 62 "benches/codes.gperf"
      {"UPD4_FAIL_213", 49},
#line 52 "benches/codes.gperf"
      {"UPD4_FAIL_203", 39},
#line 89 "benches/codes.gperf"
      {"UPD4_FAIL_313", 76},
#line 79 "benches/codes.gperf"
      {"UPD4_FAIL_303", 66},
#line 111 "benches/codes.gperf"
      {"UPD4_FAIL_508", 98},
#line 101 "benches/codes.gperf"
      {"UPD4_FAIL_408", 88},
#line 67 "benches/codes.gperf"
      {"UPD4_FAIL_218", 54},
#line 57 "benches/codes.gperf"
      {"UPD4_FAIL_208", 44},
#line 138 "benches/codes.gperf"
      {"SYS_107", 125},
#line 84 "benches/codes.gperf"
      {"UPD4_FAIL_308", 71},
#line 148 "benches/codes.gperf"
      {"SYS_117", 135},
#line 113 "benches/codes.gperf"
      {"UPD4_FAIL_510", 100},
#line 103 "benches/codes.gperf"
      {"UPD4_FAIL_500", 90},
#line 93 "benches/codes.gperf"
      {"UPD4_FAIL_400", 80},
#line 59 "benches/codes.gperf"
      {"UPD4_FAIL_210", 46},
#line 49 "benches/codes.gperf"
      {"UPD4_FAIL_200", 36},
#line 86 "benches/codes.gperf"
      {"UPD4_FAIL_310", 73},
#line 76 "benches/codes.gperf"
      {"UPD4_FAIL_300", 63},
#line 44 "benches/codes.gperf"
      {"UPD4_FAIL_22", 31},
#line 71 "benches/codes.gperf"
      {"UPD4_FAIL_222", 58},
#line 155 "benches/codes.gperf"
      {"SYS_125", 142},
      {""},
#line 136 "benches/codes.gperf"
      {"SYS_105", 123},
#line 18 "benches/codes.gperf"
      {"UPD2_FAIL_3", 5},
#line 146 "benches/codes.gperf"
      {"SYS_115", 133},
#line 110 "benches/codes.gperf"
      {"UPD4_FAIL_507", 97},
#line 100 "benches/codes.gperf"
      {"UPD4_FAIL_407", 87},
#line 66 "benches/codes.gperf"
      {"UPD4_FAIL_217", 53},
#line 56 "benches/codes.gperf"
      {"UPD4_FAIL_207", 43},
#line 70 "benches/codes.gperf"
      {"UPD4_FAIL_221", 57},
#line 83 "benches/codes.gperf"
      {"UPD4_FAIL_307", 70},
      {""}, {""},
#line 121 "benches/codes.gperf"
      {"UPD1_FAIL_3", 108},
#line 40 "benches/codes.gperf"
      {"UPD2_OK_19", 27},
      {""},
#line 15 "benches/codes.gperf"
      {"UPD2_STATE_1", 2},
      {""},
#line 47 "benches/codes.gperf"
      {"UPD4_FAIL_102", 34},
#line 108 "benches/codes.gperf"
      {"UPD4_FAIL_505", 95},
#line 98 "benches/codes.gperf"
      {"UPD4_FAIL_405", 85},
#line 64 "benches/codes.gperf"
      {"UPD4_FAIL_215", 51},
#line 54 "benches/codes.gperf"
      {"UPD4_FAIL_205", 41},
#line 91 "benches/codes.gperf"
      {"UPD4_FAIL_315", 78},
#line 81 "benches/codes.gperf"
      {"UPD4_FAIL_305", 68},
#line 137 "benches/codes.gperf"
      {"SYS_106", 124},
#line 118 "benches/codes.gperf"
      {"UPD1_STATE_1", 105},
#line 147 "benches/codes.gperf"
      {"SYS_116", 134},
#line 46 "benches/codes.gperf"
      {"UPD4_FAIL_101", 33},
      {""},
#line 43 "benches/codes.gperf"
      {"UPD4_OK_M1", 30},
      {""},
#line 21 "benches/codes.gperf"
      {"UPD2_STATE_4", 8},
      {""},
#line 72 "benches/codes.gperf"
      {"UPD4_FAIL_223", 59},
      {""}, {""}, {""}, {""},
#line 22 "benches/codes.gperf"
      {"UPD2_FAIL_5", 9},
      {""}, {""},
#line 109 "benches/codes.gperf"
      {"UPD4_FAIL_506", 96},
#line 99 "benches/codes.gperf"
      {"UPD4_FAIL_406", 86},
#line 65 "benches/codes.gperf"
      {"UPD4_FAIL_216", 52},
#line 55 "benches/codes.gperf"
      {"UPD4_FAIL_206", 42},
#line 92 "benches/codes.gperf"
      {"UPD4_FAIL_316", 79},
#line 82 "benches/codes.gperf"
      {"UPD4_FAIL_306", 69},
#line 69 "benches/codes.gperf"
      {"UPD4_FAIL_220", 56},
#line 124 "benches/codes.gperf"
      {"UPD1_FAIL_5", 111},
#line 29 "benches/codes.gperf"
      {"UPD2_STATE_8", 16},
#line 32 "benches/codes.gperf"
      {"UPD2_FAIL_11", 19},
#line 26 "benches/codes.gperf"
      {"UPD2_FAIL_7", 13},
#line 48 "benches/codes.gperf"
      {"UPD4_FAIL_103", 35},
#line 14 "benches/codes.gperf"
      {"UPD2_OK_1", 1},
#line 28 "benches/codes.gperf"
      {"UPD2_FAIL_8", 15},
#line 13 "benches/codes.gperf"
      {"UPD2_STATE_0", 0},
      {""}, {""}, {""},
#line 17 "benches/codes.gperf"
      {"UPD2_STATE_2", 4},
      {""},
#line 126 "benches/codes.gperf"
      {"UPD1_FAIL_7", 113},
      {""},
#line 117 "benches/codes.gperf"
      {"UPD1_OK_1", 104},
#line 127 "benches/codes.gperf"
      {"UPD1_FAIL_8", 114},
#line 116 "benches/codes.gperf"
      {"UPD1_STATE_0", 103},
#line 35 "benches/codes.gperf"
      {"UPD2_FAIL_14", 22},
#line 19 "benches/codes.gperf"
      {"UPD2_STATE_3", 6},
#line 27 "benches/codes.gperf"
      {"UPD2_STATE_7", 14},
#line 120 "benches/codes.gperf"
      {"UPD1_STATE_2", 107},
      {""}, {""}, {""}, {""},
#line 74 "benches/codes.gperf"
      {"UPD4_FAIL_225", 61},
      {""}, {""},
#line 122 "benches/codes.gperf"
      {"UPD1_STATE_3", 109},
      {""}, {""}, {""}, {""}, {""}, {""}, {""},
#line 39 "benches/codes.gperf"
      {"UPD2_OK_18", 26},
      {""}, {""}, {""},
#line 23 "benches/codes.gperf"
      {"UPD2_STATE_5", 10},
#line 31 "benches/codes.gperf"
      {"UPD2_FAIL_10", 18},
      {""}, {""}, {""},
#line 33 "benches/codes.gperf"
      {"UPD2_FAIL_12", 20},
      {""}, {""},
#line 75 "benches/codes.gperf"
      {"UPD4_FAIL_226", 62},
      {""}, {""}, {""}, {""},
#line 34 "benches/codes.gperf"
      {"UPD2_FAIL_13", 21},
#line 38 "benches/codes.gperf"
      {"UPD2_FAIL_17", 25},
#line 25 "benches/codes.gperf"
      {"UPD2_STATE_6", 12},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
      {""},
#line 24 "benches/codes.gperf"
      {"UPD2_FAIL_6", 11},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
#line 36 "benches/codes.gperf"
      {"UPD2_FAIL_15", 23},
#line 125 "benches/codes.gperf"
      {"UPD1_FAIL_6", 112},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
      {""}, {""}, {""}, {""},
#line 37 "benches/codes.gperf"
      {"UPD2_FAIL_16", 24},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
      {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""}, {""},
#line 45 "benches/codes.gperf"
      {"UPD4_OK_100", 32}
    };

  if (len <= MAX_WORD_LENGTH && len >= MIN_WORD_LENGTH)
    {
      register unsigned int key = hash (str, len);

      if (key <= MAX_HASH_VALUE)
        if (len == lengthtable[key])
          {
            register const char *s = wordlist[key].name;

            if (*str == *s && !memcmp (str + 1, s + 1, len - 1))
              return &wordlist[key];
          }
    }
  return 0;
}
