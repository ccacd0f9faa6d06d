#ifndef C_HANDFAST_BORING_H
#define C_HANDFAST_BORING_H
int chb_present(void);
#endif
